import type { Form } from './route.ts';

/** The mark of what travels, about 12 pixels wide around 0, 0; `way-mark` colours it. */
export function MarkShape({ form }: { form: Form }) {
  switch (form) {
    case 'doorbell':
      return <circle r="6" />;
    case 'register':
      return <path d="M0 -7L7 0L0 7L-7 0Z" />;
    case 'dma':
      return <rect className="mark-hollow" x="-5" y="-5" width="10" height="10" />;
    case 'line':
      return <path d="M0 -7L7 6H-7Z" />;
    case 'message':
      return (
        <>
          <rect x="-8" y="-5.5" width="16" height="11" rx="1.5" />
          <path className="mark-fold" d="M-7 -4.5L0 1L7 -4.5" />
        </>
      );
    case 'data':
      return <rect x="-8" y="-4.5" width="16" height="9" rx="4.5" />;
    case 'violation':
      return (
        <>
          <path d="M0 -10L10 8H-10Z" />
          <path className="mark-sign" d="M0 -3.5V2.5M0 5V5.2" />
        </>
      );
    case 'store':
    case 'stopped':
    case 'still':
      return <rect x="-5" y="-5" width="10" height="10" rx="2" />;
  }
}
