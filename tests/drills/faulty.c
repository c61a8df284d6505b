/* A disk that fails when it is told to: in between a program and what writes files. LD_PRELOAD=faulty.so

   FAULTY_UNDER    what lies below this folder is concerned, and nothing else
   FAULTY_CONTROL  a file of five numbers that whoever provokes it changes while the program runs:
                   what fails (of WRITES, SYNCS, MAKES, SHORT), the error, how many calls go well before,
                   how many fail after that (-1: all), and how many have failed, which is told here. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { WRITES = 1, SYNCS = 2, MAKES = 4, SHORT = 8 };
static volatile int *control;
static const char *under;
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULTY_CONTROL");
    under = getenv("FAULTY_UNDER");
    int file = path && under ? REAL(open)(path, O_RDWR) : -1;
    if (file < 0) return;
    void *found = mmap(NULL, 5 * sizeof(int), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (found != MAP_FAILED) control = found;
    close(file);
}

static int strikes(int kind, const char *path) {
    if (!control || !(control[0] & kind) || !path || strncmp(path, under, strlen(under))) return 0;
    if (__sync_fetch_and_sub(&control[2], 1) > 0) return 0;
    control[2] = 0;
    if (!control[3]) return 0;
    if (control[3] > 0) __sync_fetch_and_sub(&control[3], 1);
    __sync_fetch_and_add(&control[4], 1);
    errno = control[1];
    return 1;
}

static int strikes_file(int kind, int file) {
    char name[64], path[PATH_MAX];
    if (!control || !(control[0] & kind)) return 0;
    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    ssize_t length = readlink(name, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return strikes(kind, path);
}

static size_t some(int file, size_t all) { return all > 1 && strikes_file(SHORT, file) ? all / 2 : all; }

ssize_t write(int file, const void *data, size_t size) {
    return strikes_file(WRITES, file) ? -1 : REAL(write)(file, data, some(file, size));
}
ssize_t pwrite64(int file, const void *data, size_t size, off64_t at) {
    return strikes_file(WRITES, file) ? -1 : REAL(pwrite64)(file, data, some(file, size), at);
}
ssize_t pwrite(int file, const void *data, size_t size, off_t at) { return pwrite64(file, data, size, at); }
ssize_t writev(int file, const struct iovec *pieces, int several) {
    if (strikes_file(WRITES, file)) return -1;
    return several && strikes_file(SHORT, file) ? REAL(write)(file, pieces[0].iov_base, some(file, pieces[0].iov_len))
                                                : REAL(writev)(file, pieces, several);
}
int fsync(int file) { return strikes_file(SYNCS, file) ? -1 : REAL(fsync)(file); }
int fdatasync(int file) { return strikes_file(SYNCS, file) ? -1 : REAL(fdatasync)(file); }
int ftruncate64(int file, off64_t size) { return strikes_file(WRITES, file) ? -1 : REAL(ftruncate64)(file, size); }
int mkdir(const char *path, mode_t mode) { return strikes(MAKES, path) ? -1 : REAL(mkdir)(path, mode); }
int unlink(const char *path) { return strikes(MAKES, path) ? -1 : REAL(unlink)(path); }
int rename(const char *from, const char *to) { return strikes(MAKES, from) ? -1 : REAL(rename)(from, to); }

#define OPEN(name)                                                                                                     \
    int name(const char *path, int how, ...) {                                                                         \
        va_list more;                                                                                                  \
        va_start(more, how);                                                                                           \
        mode_t mode = how & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;                                          \
        va_end(more);                                                                                                  \
        return how & (O_CREAT | O_WRONLY | O_RDWR) && strikes(MAKES, path) ? -1 : REAL(name)(path, how, mode);         \
    }
OPEN(open)
OPEN(open64)
