// What a power cut leaves of a file system: `cut-power MOUNT`. Its log is written, so that a rename is in it, and nothing
// else any more: data that nobody has synced is lost. The same number on ext4 and on XFS.
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>

#define GOING_DOWN _IOR('X', 125, uint32_t)
#define WRITE_THE_LOG 1

int main(int argc, char **argv)
{
	uint32_t how = WRITE_THE_LOG;
	int mount = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECTORY) : -1;
	if (mount < 0 || ioctl(mount, GOING_DOWN, &how) != 0) {
		perror("cut-power");
		return 1;
	}
	return 0;
}
