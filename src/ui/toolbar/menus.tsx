import { Menu } from '@base-ui/react/menu';
import { type ReactNode, useRef } from 'react';
import { lineOf, readDocument } from '../../document/read.ts';
import type { Example } from '../../lessons/example.ts';
import { EXAMPLES } from '../../lessons/examples.ts';
import { type ExampleMachine, MACHINES } from '../../lessons/machines.ts';
import { useDocument } from '../document/document-store.ts';
import { edit, replaceDocument } from '../document/edit.ts';
import { ChevronIcon, DiskIcon, MachineIcon, ScriptIcon, ShareIcon } from '../kit/icons.tsx';
import type { Session } from '../session/session.ts';
import { useScript } from '../state/script-store.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { type ShareState, useShare } from '../state/share-store.ts';
import { putInAsDisk } from './disk.ts';

function DropDown(props: { label: string; icon: ReactNode; children: ReactNode }) {
  return (
    <Menu.Root>
      <Menu.Trigger className="button menu-button" aria-label={props.label} title={props.label}>
        {props.icon}
        <span className="button-word">{props.label}</span>
        <ChevronIcon />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner className="positioner" sideOffset={6} align="end">
          <Menu.Popup className="menu">{props.children}</Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

/** Puts an example into the editor, and what it needs into the machine. */
async function take(session: Session, example: Example): Promise<void> {
  const { id, source, title, needs } = example;
  const line = lineOf(useDocument.getState().doc);
  const lacks = needs !== '' && !line.includes(needs);
  await edit(
    session,
    `take the script “${title}”`,
    (doc) => (lacks ? readDocument(`${lineOf(doc)} ${needs}`, doc) : doc),
    {
      script: { source, example: id },
      powerOff: true,
      said: `“${title}” is in the editor${lacks ? ', and the machine has what it needs' : ''}.`,
    },
  );
}

/** Scripts to begin with. */
export function ExamplesMenu() {
  const session = useSession();
  const current = useScript((script) => script.example);
  return (
    <DropDown label="Scripts" icon={<ScriptIcon />}>
      {EXAMPLES.map((example) => (
        <Menu.Item
          key={example.id}
          className="menu-item"
          onClick={() => void take(session, example)}
        >
          <span className="menu-title">
            {example.title}
            {example.id === current && <span className="menu-mark"> · in the editor</span>}
          </span>
          <span className="menu-text">{example.description}</span>
        </Menu.Item>
      ))}
    </DropDown>
  );
}

/** Builds an example machine in the place of the one at hand. */
async function buildMachine(session: Session, machine: ExampleMachine): Promise<void> {
  await replaceDocument(
    session,
    `build “${machine.title}”`,
    readDocument(machine.commandLine, useDocument.getState().doc),
    { said: `“${machine.title}” was built.` },
  );
}

/** Machines to begin with. */
export function MachinesMenu() {
  const session = useSession();
  const commandLine = useSessionState((state) => state.commandLine);
  return (
    <DropDown label="Machines" icon={<MachineIcon />}>
      {MACHINES.map((machine) => (
        <Menu.Item
          key={machine.id}
          className="menu-item"
          onClick={() => void buildMachine(session, machine)}
        >
          <span className="menu-title">
            {machine.title}
            {machine.commandLine === commandLine && (
              <span className="menu-mark"> · this machine</span>
            )}
          </span>
          <span className="menu-text">{machine.description}</span>
        </Menu.Item>
      ))}
    </DropDown>
  );
}

/** Saves an image as the guest left it. */
async function save(session: Session, name: string): Promise<void> {
  const content = await session.imageContent(name);
  if (!content) return;
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** The machine's images, and a file of one's own as the disk. */
export function DiskMenu() {
  const session = useSession();
  const images = useSessionState((state) => state.images);
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <DropDown label="Disk" icon={<DiskIcon />}>
        <Menu.Item className="menu-item" onClick={() => picker.current?.click()}>
          <span className="menu-title">Choose a file of yours…</span>
          <span className="menu-text">
            It becomes the machine’s disk. It stays on this computer and is never written. Dropping
            it on the page does the same.
          </span>
        </Menu.Item>
        {images.length > 0 && <Menu.Separator className="menu-line" />}
        {images.map((image) => (
          <Menu.Group key={image.name} className="menu-group">
            <Menu.GroupLabel className="menu-fact">
              <span className="mono">{image.name}</span>
              <span>
                {image.bytes.toLocaleString('en')} bytes
                {image.changedBytes > 0 &&
                  `, ${image.changedBytes.toLocaleString('en')} changed by the guest`}
              </span>
            </Menu.GroupLabel>
            <Menu.Item className="menu-item" onClick={() => void save(session, image.name)}>
              Save as a file
            </Menu.Item>
            {image.changedBytes > 0 && (
              <Menu.Item
                className="menu-item"
                onClick={() => void session.restoreImage(image.name)}
              >
                Drop the guest’s changes
              </Menu.Item>
            )}
          </Menu.Group>
        ))}
      </DropDown>
      <input
        ref={picker}
        type="file"
        hidden
        aria-label="File that becomes the disk"
        data-testid="disk-file"
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file) void putInAsDisk(session, file);
        }}
      />
    </>
  );
}

const SHARING: readonly (readonly [
  open: NonNullable<ShareState['open']>,
  title: string,
  text: string,
])[] = [
  ['share', 'Share…', 'A link, a file, this run, a QEMU command line, libvirt XML, a picture.'],
  ['machines', 'My machines…', 'Keep this machine under a name; open one that was kept.'],
  ['import', 'Open or import…', 'A command line, a libvirt domain, a link, a file or a saved run.'],
];

/** Keeping, sharing, opening. */
export function ShareMenu() {
  return (
    <DropDown label="Share" icon={<ShareIcon />}>
      {SHARING.map(([open, title, text]) => (
        <Menu.Item key={open} className="menu-item" onClick={() => useShare.setState({ open })}>
          <span className="menu-title">{title}</span>
          <span className="menu-text">{text}</span>
        </Menu.Item>
      ))}
    </DropDown>
  );
}
