/* Two processes wake each other by semaphores in shared memory. */
#include <semaphore.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static void repeat(int n, sem_t *mine, sem_t *theirs) {
    for (; n; n--) {
        sem_post(theirs);
        sem_wait(mine);
    }
}

int main(void) {
    char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    sem_t *ping = (sem_t *)page, *pong = (sem_t *)(page + 2048);
    if (page == MAP_FAILED || sem_init(ping, 1, 0) || sem_init(pong, 1, 0)) return 1;
    pid_t pid = fork();
    if (pid == 0) {
        repeat(100000, pong, ping);
        _exit(0);
    }
    repeat(100000, ping, pong);
    waitpid(pid, NULL, 0);
    puts("done");
}
