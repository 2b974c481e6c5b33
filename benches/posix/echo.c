/* An echo server under 100 clients at once, both a loop around poll: 1,000 messages of 64 bytes each. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { clients = 100, messages = 1000, size = 64 };

static void serve(int master) {
    static struct pollfd fds[clients];
    char buffer[4096];
    for (int i = 0; i < clients; i++) {
        fds[i].fd = accept(master, NULL, NULL);
        fds[i].events = POLLIN;
    }
    for (int open = clients; open;) {
        poll(fds, clients, -1);
        for (int i = 0; i < clients; i++) {
            if (!fds[i].revents) continue;
            ssize_t n = read(fds[i].fd, buffer, sizeof buffer);
            if (n > 0) {
                if (write(fds[i].fd, buffer, n) != n) exit(1);
            } else {
                close(fds[i].fd);
                fds[i].fd = -1;
                open--;
            }
        }
    }
    exit(0);
}

int main(void) {
    static struct pollfd fds[clients];
    static int left[clients];
    char message[size], buffer[size];
    long bytes = 0;
    int master = socket(AF_INET, SOCK_STREAM, 0), status;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t length = sizeof address;
    memset(message, 7, size);
    if (bind(master, (struct sockaddr *)&address, length) || listen(master, clients)) return 1;
    getsockname(master, (struct sockaddr *)&address, &length);
    if (fork() == 0) serve(master);
    for (int i = 0; i < clients; i++) {
        fds[i].fd = socket(AF_INET, SOCK_STREAM, 0);
        fds[i].events = POLLIN;
        left[i] = messages;
        if (connect(fds[i].fd, (struct sockaddr *)&address, length)) return 1;
    }
    for (int i = 0; i < clients; i++)
        if (write(fds[i].fd, message, size) != size) return 1;
    for (int open = clients; open;) {
        poll(fds, clients, -1);
        for (int i = 0; i < clients; i++) {
            if (!fds[i].revents) continue;
            bytes += read(fds[i].fd, buffer, size);
            if (--left[i]) {
                if (write(fds[i].fd, message, size) != size) return 1;
            } else {
                close(fds[i].fd);
                fds[i].fd = -1;
                open--;
            }
        }
    }
    wait(&status);
    printf("%ld\n", bytes);
}
