import {
  VIRTIO_IOMMU_S as S,
  VIRTIO_IOMMU_ATTACH_F_BYPASS,
  VIRTIO_IOMMU_MAP_F,
} from '../../../spec/iommu.ts';
import { refill, type State } from '../../qom/state.ts';

/** Virtual addresses that lead somewhere, first and last. */
interface Mapping {
  readonly first: bigint;
  readonly last: bigint;
  readonly physical: bigint;
  readonly flags: number;
}

/** Endpoints that see the same addresses. */
interface Domain {
  readonly bypass: boolean;
  readonly endpoints: Set<number>;
  mappings: Mapping[];
}

/** Domains by number, and the endpoints in them (VIRTIO 1.4 §5.13.6). Methods answer with a request's status. */
export class Domains {
  readonly #domains = new Map<number, Domain>();
  readonly #known = new Set<number>();
  readonly #exists: (endpoint: number) => boolean;
  readonly #moved: () => void;

  /** `exists`: whether there is such an endpoint; `moved` is called when one came into a domain or left it. */
  constructor(exists: (endpoint: number) => boolean, moved: () => void) {
    this.#exists = exists;
    this.#moved = moved;
  }

  saveState(): State {
    return { domains: this.#domains, known: this.#known };
  }

  /** Nobody is told that endpoints moved. */
  loadState(state: State): void {
    refill(this.#domains, state.domains);
    this.#known.clear();
    for (const endpoint of state.known as Set<number>) this.#known.add(endpoint);
  }

  /** Forgets everything. */
  reset(): void {
    this.#domains.clear();
    this.#known.clear();
    this.#moved();
  }

  /** Whether an endpoint's domain lets everything through; undefined where it has none. */
  bypasses(endpoint: number): boolean | undefined {
    return this.#domainOf(endpoint)?.[1].bypass;
  }

  attach(number: number, endpoint: number, flags: number): number {
    if ((flags & ~VIRTIO_IOMMU_ATTACH_F_BYPASS) !== 0) return S.INVAL;
    if (!this.#exists(endpoint)) return S.NOENT;
    this.#known.add(endpoint);
    this.#leave(endpoint);
    const bypass = (flags & VIRTIO_IOMMU_ATTACH_F_BYPASS) !== 0;
    const domain = this.#domains.get(number) ?? { bypass, endpoints: new Set(), mappings: [] };
    if (domain.bypass !== bypass) return S.INVAL;
    this.#domains.set(number, domain);
    domain.endpoints.add(endpoint);
    this.#moved();
    return S.OK;
  }

  detach(number: number, endpoint: number): number {
    if (!this.#known.has(endpoint)) return S.NOENT;
    if (this.#domainOf(endpoint)?.[0] !== number) return S.INVAL;
    this.#leave(endpoint);
    this.#moved();
    return S.OK;
  }

  map(number: number, mapping: Mapping): number {
    if ((mapping.flags & ~VIRTIO_IOMMU_MAP_F) !== 0) return S.INVAL;
    const domain = this.#domains.get(number);
    if (!domain) return S.NOENT;
    if (domain.bypass || domain.mappings.some((other) => overlap(other, mapping))) return S.INVAL;
    domain.mappings.push(mapping);
    return S.OK;
  }

  /** Takes mappings away, lowest first; one that is only partly meant stays, and what is behind it. */
  unmap(number: number, first: bigint, last: bigint): number {
    const domain = this.#domains.get(number);
    if (!domain) return S.NOENT;
    if (domain.bypass) return S.INVAL;
    const touched = domain.mappings.filter((mapping) => overlap(mapping, { first, last }));
    const partly = touched.find((mapping) => mapping.first < first || mapping.last > last);
    if (partly) return S.RANGE;
    domain.mappings = domain.mappings.filter((mapping) => !touched.includes(mapping));
    return S.OK;
  }

  #domainOf(endpoint: number): [number: number, domain: Domain] | undefined {
    return [...this.#domains].find(([, { endpoints }]) => endpoints.has(endpoint));
  }

  /** Takes an endpoint out of its domain, which goes with its last one. */
  #leave(endpoint: number): void {
    const [number, domain] = this.#domainOf(endpoint) ?? [];
    domain?.endpoints.delete(endpoint);
    if (number !== undefined && domain?.endpoints.size === 0) this.#domains.delete(number);
  }
}

type Range = Pick<Mapping, 'first' | 'last'>;

function overlap(one: Range, other: Range): boolean {
  return one.first <= other.last && other.first <= one.last;
}
