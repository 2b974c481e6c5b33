/* Stores and loads of 64-bit words through a pointer: a thousand times over 10,000 words. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

int main(void) {
    const int words = 10000;
    volatile uint64_t *memory = malloc(8 * words);
    uint64_t sum = 0;
    for (int n = 1000; n; n--) {
        for (int i = 0; i < words; i++) memory[i] = i + n;
        for (int i = 0; i < words; i++) sum += memory[i];
    }
    printf("%" PRIu64 "\n", sum);
}
