import { Component, type ReactNode } from 'react';
import { keepNow, useScript } from '../state/script-store.ts';
import './shell.css';

/** A fault of this program: what it was, that the script is safe, and a way on. */
export function FaultScreen(props: {
  message: string;
  /** Starts the machine again without loading the page, where that is possible. */
  restart?: () => void;
}) {
  const { message, restart } = props;
  return (
    <main className="message-screen">
      <div className="message-card" role="alert">
        <h1>Virtio Playground has a fault</h1>
        <p>
          This is not your script’s doing. The script is kept in this browser and comes back with
          the page.
        </p>
        <pre>{message}</pre>
        <div className="message-actions">
          {restart && (
            <button type="button" className="button button-main" onClick={restart}>
              Start the machine again
            </button>
          )}
          <button
            type="button"
            className={restart ? 'button' : 'button button-main'}
            onClick={() => {
              keepNow();
              window.location.reload();
            }}
          >
            Load the page again
          </button>
          <button
            type="button"
            className="button"
            onClick={() => void navigator.clipboard.writeText(useScript.getState().source)}
          >
            Copy the script
          </button>
        </div>
      </div>
    </main>
  );
}

/** Shows faults of the page itself instead of an empty screen. */
export class FaultBoundary extends Component<
  { children: ReactNode },
  { message: string | undefined }
> {
  override state: { message: string | undefined } = { message: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }

  override componentDidCatch(): void {
    keepNow();
  }

  override render() {
    const { message } = this.state;
    return message === undefined ? this.props.children : <FaultScreen message={message} />;
  }
}
