import './shell.css';

/** Instead of the page where the browser gives no shared memory: why, and what to do. */
export function IsolationNotice({ insecure }: { insecure: boolean }) {
  return (
    <main className="message-screen">
      <div className="message-card">
        <h1>This page is not cross-origin isolated</h1>
        <p>
          Virtio Playground runs a guest and its machine in two threads that share memory, as a real
          virtual machine does. The browser allows that (<code>SharedArrayBuffer</code>) only to a
          page that is isolated from other sites, and this page was delivered without what isolation
          needs. Nothing is wrong with your computer.
        </p>
        <h2>What to do</h2>
        <ul>
          <li>
            On your own computer: <code>npm start</code> serves the page as it must be, at the
            address that it prints.
          </li>
          <li>
            On a server of yours: send these two headers with every file.
            <pre>
              {
                'Cross-Origin-Opener-Policy: same-origin\nCross-Origin-Embedder-Policy: require-corp'
              }
            </pre>
          </li>
          {insecure && (
            <li>
              This address is not a secure one: use <code>https:</code>, or <code>localhost</code>.
            </li>
          )}
          <li>
            Still here with the headers in place? Open the page in a window of its own, not inside
            another page, or in a current Chrome, Edge, Firefox or Safari.
          </li>
        </ul>
        <div className="message-actions">
          <button
            type="button"
            className="button button-main"
            onClick={() => window.location.reload()}
          >
            Try again
          </button>
        </div>
      </div>
    </main>
  );
}
