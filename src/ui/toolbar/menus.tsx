import { Menu } from '@base-ui/react/menu';
import { type ReactNode, useRef } from 'react';
import { ChevronIcon, DiskIcon, ScriptIcon } from '../kit/icons.tsx';
import { EXAMPLES } from '../script/examples.ts';
import { useSession, useSessionState } from '../state/session-context.tsx';
import { replaceSource, useScript } from '../state/script-store.ts';
import { say } from '../state/ui-store.ts';
import { putInAsDisk } from './disk.ts';

function DropDown(props: { label: string; icon: ReactNode; children: ReactNode }) {
  return (
    <Menu.Root>
      <Menu.Trigger className="button" aria-label={props.label}>
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

/** Scripts to begin with. */
export function ExamplesMenu() {
  const current = useScript((script) => script.example);
  return (
    <DropDown label="Scripts" icon={<ScriptIcon />}>
      {EXAMPLES.map((example) => (
        <Menu.Item
          key={example.name}
          className="menu-item"
          onClick={() => {
            const { source, example: old } = useScript.getState();
            replaceSource(example.source, example.name);
            say(`${example.name} is in the editor.`, () => replaceSource(source, old));
          }}
        >
          <span className="menu-title mono">
            {example.name}
            {example.name === current && <span className="menu-mark"> in the editor</span>}
          </span>
          <span className="menu-text">{example.summary}</span>
        </Menu.Item>
      ))}
    </DropDown>
  );
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
          <div key={image.name} className="menu-fact">
            <span className="mono">{image.name}</span>
            <span>
              {image.bytes.toLocaleString('en')} bytes
              {image.changedBytes > 0 &&
                `, ${image.changedBytes.toLocaleString('en')} changed by the guest`}
            </span>
          </div>
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
