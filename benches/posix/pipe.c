/* Blocks of 4 KB through a pipe, written and read back by one process. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void) {
    static char block[4096];
    int ends[2];
    long bytes = 0;
    memset(block, 7, sizeof block);
    if (pipe(ends)) return 1;
    for (int n = 400000; n; n--) {
        if (write(ends[1], block, sizeof block) != sizeof block) return 1;
        bytes += read(ends[0], block, sizeof block);
    }
    printf("%ld\n", bytes);
}
