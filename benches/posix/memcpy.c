/* Copies 100 MB, twenty times. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int main(void) {
    const size_t size = 100000000;
    char *source = malloc(size), *target = malloc(size);
    memset(source, 7, size);
    for (int n = 20; n; n--) {
        memcpy(target, source, size);
        __asm__ volatile("" : : "r"(target) : "memory");
    }
    printf("%d\n", target[size - 1]);
}
