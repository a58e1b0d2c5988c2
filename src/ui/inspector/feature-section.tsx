import type { FeatureBit, FeatureState } from './features.ts';
import { Section } from './section.tsx';

/** A mark for each state, so that colour is not the only one. */
const MARKS: Readonly<Record<FeatureState, string>> = {
  offered: '?',
  accepted: '✓',
  'not accepted': '–',
  'accepted, not offered': '⚠',
};

/** Feature bits that were offered, accepted or not, what each means, and what follows for this driver. */
export function FeatureSection({ features }: { features: readonly FeatureBit[] }) {
  const accepted = features.filter(({ state }) => state.startsWith('accepted')).length;
  return (
    <Section title="Features" count={features.length} open={features.length > 0}>
      {features.length === 0 ? (
        <p className="section-empty">The driver has not asked yet.</p>
      ) : (
        <>
          <p className="section-empty">
            {accepted} of {features.length} accepted. A bit opens on what it means.
          </p>
          <ul className="plain-list features">
            {features.map((feature) => (
              <li key={feature.bit} data-state={feature.state}>
                <details>
                  <summary>
                    <span className="mono feature-bit">{feature.bit}</span>
                    <span className="mono feature-name">{feature.name ?? 'not in VIRTIO 1.4'}</span>
                    <span>
                      <span aria-hidden="true">{MARKS[feature.state]} </span>
                      {feature.state}
                    </span>
                  </summary>
                  <div className="feature-words">
                    {feature.doc && <p>Means: {feature.doc}.</p>}
                    {feature.follows && <p>For this driver: {feature.follows}</p>}
                    {feature.lacks.length > 0 && (
                      <p className="feature-lack">
                        ⚠ It needs {feature.lacks.join(' or ')}, which the driver did not accept
                        (VIRTIO 1.4 §2.2.1).
                      </p>
                    )}
                    {feature.section && <p>VIRTIO 1.4 §{feature.section}</p>}
                  </div>
                </details>
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}
