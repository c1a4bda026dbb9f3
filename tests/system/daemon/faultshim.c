/* Storage faults for one process, switched while it runs: preloaded, it looks into the file FI_CONTROL before each call that
 * touches a file whose path holds FI_MATCH.
 *   eio     fdatasync and fsync fail with EIO
 *   enospc  writes fail with ENOSPC
 *   hang    fdatasync and fsync do not return until the word is gone
 * An empty or missing control file: nothing happens. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int asked(const char *word) {
    const char *control = getenv("FI_CONTROL");
    if (control == NULL) return 0;
    char text[32] = {0};
    int fd = (int)syscall(SYS_openat, AT_FDCWD, control, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) return 0;
    long n = syscall(SYS_read, fd, text, sizeof text - 1);
    syscall(SYS_close, fd);
    return n > 0 && strncmp(text, word, strlen(word)) == 0;
}

static int matches(int fd) {
    const char *match = getenv("FI_MATCH");
    char link[64], path[512];
    if (match == NULL) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, sizeof path - 1);
    if (n < 0) return 0;
    path[n] = 0;
    return strstr(path, match) != NULL;
}

static int sync_fails(int fd) {
    if (!matches(fd)) return 0;
    while (asked("hang")) {
        struct timespec a_little = {0, 20000000};
        nanosleep(&a_little, NULL);
    }
    if (!asked("eio")) return 0;
    errno = EIO;
    return 1;
}

static int write_fails(int fd) {
    if (!matches(fd) || !asked("enospc")) return 0;
    errno = ENOSPC;
    return 1;
}

int fdatasync(int fd) { return sync_fails(fd) ? -1 : (int)syscall(SYS_fdatasync, fd); }
int fsync(int fd) { return sync_fails(fd) ? -1 : (int)syscall(SYS_fsync, fd); }
ssize_t pwrite64(int fd, const void *bytes, size_t size, off64_t offset) {
    return write_fails(fd) ? -1 : syscall(SYS_pwrite64, fd, bytes, size, offset);
}
ssize_t pwrite(int fd, const void *bytes, size_t size, off_t offset) { return pwrite64(fd, bytes, size, offset); }
ssize_t write(int fd, const void *bytes, size_t size) { return write_fails(fd) ? -1 : syscall(SYS_write, fd, bytes, size); }
