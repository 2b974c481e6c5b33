/* Two hundred children of a process with a heap of 100 MB. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void) {
    int sum = 0, status;
    char *heap = malloc(100000000);
    memset(heap, 'x', 100000000);
    for (int n = 200; n; n--) {
        pid_t pid = fork();
        if (pid == 0) exit(3);
        waitpid(pid, &status, 0);
        sum += WEXITSTATUS(status);
    }
    printf("%d\n%c\n", sum, heap[5]);
}
