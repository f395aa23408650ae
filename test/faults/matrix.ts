// The whole matrix: every system call of every story, killed before it and failing in every way. Takes minutes.
import { disturbStories } from './disturb-stories.ts';

disturbStories(1);
