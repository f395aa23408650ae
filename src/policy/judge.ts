// May this source have this device in this container: the first rule that matches decides.
import { POLICY_PRESETS } from '../settings/policy-presets.ts';
import type { Action, PolicyRule, Settings, Source } from '../settings/settings.ts';
import { matchesAnyGlob } from '../text/glob.ts';
import { quote } from '../text/quote.ts';
import { asksForEffects, type Effects, findEffect } from './effects.ts';

/** A request, as rules see it. */
export interface PolicyRequest {
  readonly device: string;
  readonly source: Source;
  /** whether it is known that the kubelet asks: its devices were handed out before, by who manages the cluster */
  readonly ofKubelet?: boolean;
}

/** What the engine says about a container, as rules see it. */
export interface Facts {
  readonly cri: boolean;
  readonly namespace: string | undefined;
  readonly pod: string | undefined;
  readonly userNamespace: boolean;
  readonly privileged: boolean;
  /** what cannot be known: rules that allow do not hold for it, all others do */
  readonly disputedFacts: readonly string[];
  /** why a request of this source comes to nothing, where no rule forbids it */
  withhold(source: Source): { readonly by: string; readonly reason: string } | undefined;
}

export interface PolicyVerdict {
  readonly action: Action;
  /** what decided: `policy.rules[2]`, `policy.preset kubernetes`, `policy.default`, `kubelet`, `sandbox`, `checkpoint` */
  readonly by: string;
  readonly reason: string | undefined;
  /** whether it would be another one if the device did something that a rule asks about */
  readonly open?: boolean;
}

/**
 * The verdict on one request.
 *
 * @param effects what the device does; undefined where no one knows, as if it did nothing
 */
export function judgeRequest(
  policy: Settings['policy'],
  asking: PolicyRequest,
  facts: Facts,
  effects: Effects | undefined,
): PolicyVerdict {
  let open = false;
  const holds = (rule: PolicyRule): boolean => {
    if (!matchesRule(rule, asking, facts)) return false;
    if (!asksForEffects(rule)) return true;
    if (effects !== undefined) return findEffect(rule, effects) !== undefined;
    open = true;
    return rule.action === 'allow';
  };
  const decided = asking.ofKubelet === true ? BY_KUBELET : judgeByRules(policy, asking, facts, holds, effects);
  const withheld = decided.action === 'allow' ? facts.withhold(asking.source) : undefined;
  const verdict = withheld === undefined ? decided : { action: 'ignore' as const, ...withheld };
  return open ? { ...verdict, open } : verdict;
}

const BY_KUBELET: PolicyVerdict = {
  action: 'allow',
  by: 'kubelet',
  reason: 'the kubelet asks, which no policy is about',
};

function judgeByRules(
  policy: Settings['policy'],
  asking: PolicyRequest,
  facts: Facts,
  holds: (rule: PolicyRule) => boolean,
  effects: Effects | undefined,
): PolicyVerdict {
  const { rules } = policy;
  const { device } = asking;
  // By index and device first: of hundreds of rules, most are about others.
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i];
    if (rule === undefined || (rule.devices !== undefined && !matchesAnyGlob(rule.devices, device))) continue;
    if (!holds(rule)) continue;
    return { action: rule.action, by: `policy.rules[${i}]`, reason: completeReason(rule, effects) };
  }
  const preset = POLICY_PRESETS[policy.preset];
  const presetRules: readonly PolicyRule[] = preset.rules;
  const added = presetRules.find((rule) => matchesAny(rule.devices, asking.device) && matchesRule(rule, asking, facts));
  const ofPreset = `policy.preset ${policy.preset}`;
  if (added !== undefined) return { action: added.action, by: ofPreset, reason: added.reason };
  if (policy.default !== null) return { action: policy.default, by: 'policy.default', reason: undefined };
  return { action: preset.default, by: ofPreset, reason: undefined };
}

/** With what the device does, where that is why. */
function completeReason(rule: PolicyRule, effects: Effects | undefined): string | undefined {
  const found = effects === undefined || rule.action === 'allow' ? undefined : findEffect(rule, effects);
  if (found === undefined || !asksForEffects(rule)) return rule.reason;
  return `${rule.reason === undefined ? '' : `${rule.reason}; `}the device brings ${quote(found)}`;
}

/** Whether the conditions about the asker hold, cheap ones first: facts are looked up only where a rule gets as far. */
function matchesRule(rule: PolicyRule, { source }: PolicyRequest, facts: Facts): boolean {
  return (
    (rule.source === undefined || rule.source.includes(source)) &&
    matchesFact(rule, facts, 'namespace', (globs) => matchesAny(globs, facts.namespace)) &&
    matchesFact(rule, facts, 'pod', (globs) => matchesAny(globs, facts.pod)) &&
    matchesFact(rule, facts, 'kubernetes', (wanted) => wanted === facts.cri) &&
    (rule.userNamespace === undefined || rule.userNamespace === facts.userNamespace) &&
    (rule.privileged === undefined || rule.privileged === facts.privileged)
  );
}

/** What cannot be known may be what a rule warns of, and is never what one asks for. */
function matchesFact<K extends 'namespace' | 'pod' | 'kubernetes'>(
  rule: PolicyRule,
  { disputedFacts }: Facts,
  fact: K,
  matches: (wanted: NonNullable<PolicyRule[K]>) => boolean,
): boolean {
  const wanted = rule[fact];
  if (wanted === undefined || wanted === null) return true;
  return disputedFacts.includes(fact) ? rule.action !== 'allow' : matches(wanted);
}

function matchesAny(globs: readonly string[] | undefined, name: string | undefined): boolean {
  return globs === undefined || (name !== undefined && matchesAnyGlob(globs, name));
}
