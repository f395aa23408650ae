// A measure of the machine: does a fixed piece of work, as an interpreter does, and becomes the runtime then.
#include <stdint.h>
#include <unistd.h>

#define STEPS 200000
#define CELLS (1 << 16)

static uint32_t work(uint32_t state);

int main(int argc, char **argv, char **envp)
{
	argv[0] = RUNTIME;
	/* what nobody looks at would be left out */
	if (work((uint32_t)argc) == 0)
		return 1;
	execve(RUNTIME, argv, envp);
	return 127;
}

/* Each step is chosen by what the ones before it left, so that neither compiler nor processor knows it in advance. */
static uint32_t work(uint32_t state)
{
	/* fresh memory: the system gives it page by page */
	static uint32_t cells[CELLS];
	for (uint32_t step = 0; step < STEPS; step++) {
		uint32_t *cell = &cells[(state >> 8) % CELLS];
		switch (state & 7) {
		case 0:
			state += *cell;
			break;
		case 1:
			*cell ^= state;
			break;
		case 2:
			state = (state << 5) | (state >> 27);
			break;
		case 3:
			*cell += step;
			break;
		case 4:
			state ^= *cell >> 3;
			break;
		default:
			state -= step;
			break;
		}
		state = state * 1664525u + 1013904223u;
		state ^= state >> 15;
	}
	return state | 1;
}
