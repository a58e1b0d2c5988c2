import { FitAddon } from '@xterm/addon-fit';
import { Terminal } from '@xterm/xterm';
import '@xterm/xterm/css/xterm.css';
import { useEffect, useRef } from 'react';
import { adviseOnMonitor } from '../document/edit.ts';
import { useRoom } from '../state/presentation.ts';
import { useSession } from '../state/session-context.tsx';
import { useDark } from '../state/theme.ts';
import { LineEditor } from './line-editor.ts';

const PROMPT = '(qemu) ';
const FONT_SIZE = 12.5;

/** The human monitor, as on QEMU's own console. */
export default function MonitorView() {
  const session = useSession();
  const host = useRef<HTMLDivElement>(null);
  const shown = useRef<Terminal>(undefined);
  const fitted = useRef<FitAddon>(undefined);
  const dark = useDark();
  const room = useRoom();

  useEffect(() => {
    if (!host.current) return undefined;
    const terminal = new Terminal({
      fontSize: FONT_SIZE,
      lineHeight: 1.15,
      fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono'),
      convertEol: true,
      cursorBlink: false,
      scrollback: 5000,
      screenReaderMode: true,
    });
    const fit = new FitAddon();
    terminal.loadAddon(fit);
    terminal.open(host.current);
    terminal.textarea?.setAttribute(
      'aria-label',
      'Monitor. Type a command, for example info qtree',
    );
    shown.current = terminal;
    fitted.current = fit;
    const editor = new LineEditor({
      prompt: PROMPT,
      write: (text) => terminal.write(text),
      complete: (line) => session.complete(line),
      async run(line) {
        try {
          const output = await session.monitor(line);
          terminal.write(output);
          await adviseOnMonitor(session, line, output);
        } catch (error) {
          terminal.write(`${error instanceof Error ? error.message : String(error)}\n`);
        }
      },
    });
    terminal.write(
      'Human monitor of this machine. Try: info qtree, info pci, help. Tab completes.\nA line of JSON is a QMP command: {"execute": "query-pci"}\n',
    );
    editor.begin();
    const data = terminal.onData((keys) => editor.type(keys));
    // F keys belong to the page, and Tab wherever there is no word to complete: the keyboard can leave.
    terminal.attachCustomKeyEventHandler((event) => {
      if (event.key === 'Tab') return !event.shiftKey && editor.typing;
      return !/^F\d+$/.test(event.key);
    });
    const sizes = new ResizeObserver(() => {
      if (host.current?.clientWidth) fit.fit();
    });
    sizes.observe(host.current);
    return () => {
      sizes.disconnect();
      data.dispose();
      terminal.dispose();
    };
  }, [session]);

  useEffect(() => {
    const style = getComputedStyle(document.documentElement);
    const token = (name: string) => style.getPropertyValue(name).trim();
    if (shown.current)
      shown.current.options.theme = {
        background: token('--panel'),
        foreground: token('--ink'),
        cursor: token('--driver'),
        cursorAccent: token('--panel'),
        scrollbarSliderBackground: token('--line'),
        scrollbarSliderHoverBackground: token('--line-strong'),
        scrollbarSliderActiveBackground: token('--line-strong'),
        selectionBackground: dark ? '#3a4a60' : '#cfe3f8',
      };
  }, [dark]);

  useEffect(() => {
    if (!shown.current) return;
    shown.current.options.fontSize = FONT_SIZE * room;
    if (host.current?.clientWidth) fitted.current?.fit();
  }, [room]);

  return <div ref={host} className="monitor" />;
}
