import { PCI_CAP } from '../../../spec/pci.ts';
import type { ConfigSpace } from '../../hw/pci/config-space.ts';
import {
  AER_BYTES,
  EXPRESS_TYPE,
  ExpressCapability,
  FIRST_EXTENDED,
} from '../../hw/pci/express.ts';
import type { Values } from '../../qom/property.ts';
import type { VirtioPciProperties } from './properties.ts';

const PM_BYTES = 8;
const PM_CONTROL = 4;
/** Power management capabilities: version 3. */
const PM_VERSION = 3;
const PM_STATE = 0x3;
const AER_VERSION = 2;

/** What a virtio function shows of PCI Express behind a port: capabilities in QEMU's order and places. */
export class ExpressParts {
  readonly capability: ExpressCapability;
  readonly #config: ConfigSpace;
  readonly #pm: number;

  constructor(config: ConfigSpace, props: Values<VirtioPciProperties>) {
    this.#config = config;
    const express = new ExpressCapability(config, EXPRESS_TYPE.ENDPOINT, 0);
    this.capability = express;
    this.#pm = config.addCapability(PCI_CAP.PM, PM_BYTES);
    config.put(this.#pm + 2, 2, PM_VERSION);
    let next = FIRST_EXTENDED;
    if (props.aer) {
      express.addErrorReporting(next, AER_VERSION);
      next += AER_BYTES;
    }
    if (props['x-pcie-deverr-init']) express.reportErrors();
    if (props['x-pcie-lnkctl-init']) express.allowClockControl();
    if (props['x-pcie-pm-init']) config.allowWrites(this.#pm + PM_CONTROL, 2, PM_STATE);
    if (props.ats) express.addAddressTranslation(next, props['x-ats-page-aligned']);
    if (props['x-pcie-flr-init']) express.offerFunctionReset();
  }

  reset(): void {
    this.capability.reset();
    this.#config.put(this.#pm + PM_CONTROL, 2, 0);
  }
}
