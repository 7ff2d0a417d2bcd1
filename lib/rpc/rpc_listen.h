#pragma once
/**
 * @file
 * The socket in the file system. While the daemon starts and ends.
 */

#include <sys/stat.h>

#include "lb_rpc_server.h"

/**
 * Make the socket with its owner, group and mode, not listening yet, so that nobody connects before
 * they are set. The descriptor, and the file in *file; or -errno and the sentence.
 */
int rpc_listen_bind(const struct lb_rpc_server_conf *conf, struct stat *file, struct lb_error *err);

/** Remove the file, if it is still that one. */
void rpc_listen_remove(const char *path, const struct stat *file);
