// Limits what one user may keep on a file system: `set-quota DEVICE UID KIBIBYTES`, 0 for no limit.
#include <stdio.h>
#include <stdlib.h>
#include <sys/quota.h>

int main(int argc, char **argv)
{
	if (argc != 4)
		return 2;
	struct dqblk limits = { .dqb_valid = QIF_BLIMITS };
	limits.dqb_bhardlimit = limits.dqb_bsoftlimit = strtoull(argv[3], NULL, 10);
	if (quotactl(QCMD(Q_SETQUOTA, USRQUOTA), argv[1], atoi(argv[2]), (char *)&limits) != 0) {
		perror("set-quota");
		return 1;
	}
	return 0;
}
