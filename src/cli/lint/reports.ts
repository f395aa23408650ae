// The forms of a report for other programs, each loaded when it is asked for.
import type { LintReport } from './report.ts';

type ReportFormat = 'sarif' | 'github';

const WRITERS: { readonly [format in ReportFormat]: () => Promise<(report: LintReport) => string> } = {
  sarif: async () => (await import('./write-sarif.ts')).writeSarif,
  github: async () => (await import('./write-github.ts')).writeGithub,
};

/** Undefined for a format of our own. */
export function findReportFormat(format: string | undefined): ReportFormat | undefined {
  return format === 'sarif' || format === 'github' ? format : undefined;
}

export async function writeReport(format: ReportFormat, report: LintReport): Promise<string> {
  return (await WRITERS[format]())(report);
}
