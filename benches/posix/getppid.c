/* Three million times the cheapest of system calls. */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(void) {
    long pid = 0;
    for (int n = 3000000; n; n--) pid = syscall(SYS_getppid);
    puts(pid > 0 ? "#t" : "#f");
}
