#!r6rs
;;; Users and groups: a family of (vicare posix).
;;;
;;; Primitives: %getgrgid %getgrnam %getpwnam %getpwuid %group-entries %user-entries
(library (internal posix user) (options (requires posix))
  (export
    ;; Defined here
    getpwuid getpwnam user-entries make-struct-passwd struct-passwd? struct-passwd-pw_name struct-passwd-pw_passwd
    struct-passwd-pw_uid struct-passwd-pw_gid struct-passwd-pw_gecos struct-passwd-pw_dir struct-passwd-pw_shell
    getgrgid getgrnam group-entries make-struct-group struct-group? struct-group-gr_name struct-group-gr_gid
    struct-group-gr_mem
    ;; Primitives
    setreuid setregid getgroups getlogin getlogin/string getuid getgid geteuid getegid setuid setgid seteuid setegid)
  (import (internal primitives) (only (rnrs base) map) (internal posix structs))

  (define-struct struct-passwd make-struct-passwd fill-struct-passwd!
    (pw_name pw_passwd pw_uid pw_gid pw_gecos pw_dir pw_shell))

  (define (passwd fields) (and fields (apply make-struct-passwd fields)))

  ;; (getpwuid uid): the user, a struct-passwd, or #f. getpwuid(3)
  (define (getpwuid uid) (passwd (%getpwuid uid)))

  ;; (getpwnam name): the user of that name. getpwnam(3)
  (define (getpwnam name) (passwd (%getpwnam name)))

  ;; (user-entries): all users. getpwent(3)
  (define (user-entries) (map passwd (%user-entries)))

  (define-struct struct-group make-struct-group fill-struct-group! (gr_name gr_gid gr_mem))

  (define (group fields) (and fields (apply make-struct-group fields)))

  ;; (getgrgid gid): the group, a struct-group, or #f. getgrgid(3)
  (define (getgrgid gid) (group (%getgrgid gid)))

  ;; (getgrnam name): the group of that name. getgrnam(3)
  (define (getgrnam name) (group (%getgrnam name)))

  ;; (group-entries): all groups. getgrent(3)
  (define (group-entries) (map group (%group-entries)))
  )
