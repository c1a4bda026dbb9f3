/* A loop that does not come round: preloaded, the main thread of a process stays in zmq_poll for as long as the file WEDGE exists. Its
 * other threads go on, so connections stand and are answered. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

int zmq_poll(zmq_pollitem_t *items, int count, long timeout) {
    static int (*real)(zmq_pollitem_t *, int, long);
    const char *wedge = getenv("WEDGE");
    const struct timespec a_little = {0, 2000000};
    if (real == NULL) real = (int (*)(zmq_pollitem_t *, int, long))dlsym(RTLD_NEXT, "zmq_poll");
    while (wedge != NULL && syscall(SYS_gettid) == getpid() && access(wedge, F_OK) == 0) nanosleep(&a_little, NULL);
    return real(items, count, timeout);
}
