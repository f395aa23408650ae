// What a container engine is to us: which files it reads, what they wire, and how our runtime gets in and out of them.

/** In the order in which they are told; the compiler asks for the rest of an engine. */
export const ENGINE_IDS = ['docker', 'containerd', 'crio', 'podman'] as const;
export type EngineId = (typeof ENGINE_IDS)[number];

export interface EngineFiles {
  /** the administrator's file, absolute */
  readonly main: string;
  /** the file that is ours alone, absolute; none where the engine reads no drop-ins, or where its main file says which */
  readonly dropIn?: string | undefined;
}

/** The configuration of an engine as it lies on a host. */
export interface EngineConfig {
  readonly files: EngineFiles;
  /** what was read of `Engine.patterns()`: absolute path to text; a missing file has no entry */
  readonly texts: ReadonlyMap<string, string>;
  /** the engine's own version, such as `1.7.24`; where it is not known, what old engines understand is done */
  readonly version?: string | undefined;
  /** what the engine makes of its files and of what none of them says, in its own format, where it tells */
  readonly effective?: string | undefined;
}

/** A runtime that a file names. */
export interface NamedRuntime {
  readonly name: string;
  /** its binary, where the file says it */
  readonly path: string | undefined;
  readonly file: string;
  /** whether it leads to the shim: its binary is a pinned link */
  readonly ours: boolean;
}

/** What runs a container for which no runtime is named. */
export interface DefaultRuntime {
  /** the engine's name for it; undefined where no file says it and the engine chooses by itself */
  readonly name: string | undefined;
  /** its binary, where a file says it */
  readonly path: string | undefined;
  /** whether it already leads to the shim */
  readonly ours: boolean;
  /** names of the real runtimes that a pinned link may lead to; the first one that the host has is it */
  readonly candidates: readonly string[];
}

export interface Wiring {
  readonly runtimes: readonly NamedRuntime[];
  readonly defaultRuntime: DefaultRuntime;
  /** what keeps the wiring from having an effect, a sentence each */
  readonly warnings: readonly string[];
}

export interface WireOptions {
  /** by which the engine's users choose it */
  readonly runtimeName: string;
  /** the pinned link, absolute: its base name begins with `cdi-` */
  readonly path: string;
  readonly setDefault?: boolean | undefined;
  /** containerd: let `cdi.k8s.io/*` of pods and containers through, so that whoever writes a pod may request devices */
  readonly passAnnotations?: boolean | undefined;
}

/** A file that changes; undefined stands for no file. */
export interface FileChange {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** New texts by path; undefined for a file that goes. Unchanged ones may be among them. */
export type NewTexts = ReadonlyMap<string, string | undefined>;

/** What makes a running engine take the new files. */
export type Reload =
  | { readonly by: 'signal'; readonly signal: 'SIGHUP'; readonly process: string; readonly command: readonly string[] }
  | { readonly by: 'restart'; readonly process: string; readonly command: readonly string[] }
  | { readonly by: 'nothing' };

/** The engine's own check of its files: exit status 0 is good. */
export interface EngineCheck {
  readonly command: readonly string[];
  readonly env: { readonly [name: string]: string };
}

/**
 * Who may have written an annotation. `caller`: who starts the container, and may start any other. `cluster`: the kubelet
 * and device plugins. `pod`: the author of a pod. `checkpoint`: of an image that a container is restored from. `image`:
 * of any image.
 */
export type AnnotationAuthor = 'caller' | 'cluster' | 'pod' | 'checkpoint' | 'image';

/** What an engine does about CDI by itself, without the shim. */
export interface NativeCdi {
  /** `unknown`: no file says it, and the version that decides is not known */
  readonly state: 'on' | 'off' | 'unknown';
  /** what it reads when it is on, in rising priority */
  readonly specDirs: readonly string[];
  /** what decides about the state, a clause */
  readonly why: string;
  /** whether a file can change that; no version without CDI has such a file */
  readonly isSwitchable: boolean;
}

export interface NativeCdiSwitch {
  /** @throws {CdiError} as `Engine.read` */
  read(config: EngineConfig): NativeCdi;
  /** Switches it on, with these directories among those that it reads. Use `configureNativeCdi()`. */
  wire(config: EngineConfig, specDirs: readonly string[]): NewTexts;
  /** Takes that back; `originals` are the files as they were right before, undefined where there was none. */
  unwire(config: EngineConfig, originals: NewTexts): NewTexts;
  /** what makes a running engine take it */
  reload(config: EngineConfig): Reload;
}

/** As much of an engine as says which devices it knows: what only builds images has no more. */
export interface CdiReader {
  readonly id: string;
  readonly files: EngineFiles;
  patterns(config: EngineConfig): readonly string[];
  check(config: EngineConfig): EngineCheck;
  readonly nativeCdi: Pick<NativeCdiSwitch, 'read'>;
}

export interface Engine extends CdiReader {
  readonly id: EngineId;
  readonly nativeCdi: NativeCdiSwitch;
  /** whose annotations get into a container's document; where the version is not known, what present ones do */
  annotationAuthors(version: string | undefined): readonly AnnotationAuthor[];
  /** where the engine looks when it is not told otherwise */
  readonly files: EngineFiles;
  /**
   * What has to be read, in the engine's own order: absolute paths, in which a part of the path may have `*`, and
   * the last part `**` for all files below. More may be asked for once some were read: read until nothing is new.
   */
  patterns(config: EngineConfig): readonly string[];
  /** @throws {CdiError} BAD_ENGINE_CONFIG with line and column for a file that the engine cannot read either */
  read(config: EngineConfig): Wiring;
  /** Adds our runtime. Use `configure()`, which checks what comes of it. */
  wire(config: EngineConfig, options: WireOptions): NewTexts;
  /** Takes our runtime out; `originals` are the files as they were before it was added, where that is known. */
  unwire(config: EngineConfig, runtimeName: string, originals: NewTexts): NewTexts;
  reload(config: EngineConfig): Reload;
  check(config: EngineConfig): EngineCheck;
}
