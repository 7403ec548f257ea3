//go:build !unix

package untrusted

// nonblock is not needed where no path of a clone can name a pipe.
const nonblock = 0
