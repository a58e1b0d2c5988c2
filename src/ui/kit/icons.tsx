import type { ReactNode } from 'react';

/** Line icons of 16 × 16 in the text's colour. Beside words, or in a control that has a name: never alone. */
function icon(content: ReactNode) {
  return function Icon() {
    return (
      <svg className="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
        {content}
      </svg>
    );
  };
}

export const RunIcon = icon(<path d="M4.5 2.8v10.4l8.5-5.2z" fill="currentColor" stroke="none" />);
export const PauseIcon = icon(
  <path d="M4 3h3v10H4zM9 3h3v10H9z" fill="currentColor" stroke="none" />,
);
export const StepIcon = icon(
  <>
    <path d="M3.5 3.2v9.6l6.5-4.8z" fill="currentColor" stroke="none" />
    <path d="M12.5 3v10" />
  </>,
);
export const StepBackIcon = icon(
  <>
    <path d="M12.5 3.2v9.6L6 8z" fill="currentColor" stroke="none" />
    <path d="M3.5 3v10" />
  </>,
);
/** An arrow down to the next of some lines; up to the one before. */
export const StepLineIcon = icon(
  <path d="M2.5 3.5h11M2.5 8H7M2.5 12.5H7M11.5 6.5v6M9 10.2l2.5 2.5 2.5-2.5" />,
);
export const BackLineIcon = icon(
  <path d="M2.5 12.5h11M2.5 8H7M2.5 3.5H7M11.5 9.5v-6M9 5.8l2.5-2.5L14 5.8" />,
);
/** An arrow over what the device does. */
export const StepOverIcon = icon(
  <>
    <path d="M2 9.5a6 6 0 0 1 11-2M13.4 3.6v4h-4" />
    <circle cx="8" cy="12" r="1.7" fill="currentColor" stroke="none" />
  </>,
);
export const BackOverIcon = icon(
  <>
    <path d="M14 9.5a6 6 0 0 0-11-2M2.6 3.6v4h4" />
    <circle cx="8" cy="12" r="1.7" fill="currentColor" stroke="none" />
  </>,
);
export const BreakpointIcon = icon(
  <>
    <circle cx="8" cy="8" r="6" />
    <circle cx="8" cy="8" r="3" fill="currentColor" stroke="none" />
  </>,
);
export const BranchIcon = icon(
  <>
    <circle cx="4" cy="3.6" r="1.6" />
    <circle cx="4" cy="12.4" r="1.6" />
    <circle cx="12" cy="5.6" r="1.6" />
    <path d="M4 5.2v5.6M12 7.2c0 2.6-8 1.2-8 3.6" />
  </>,
);
/** From a moment of the past, on. */
export const ContinueIcon = icon(
  <>
    <circle cx="3.6" cy="12.4" r="1.6" />
    <path d="M3.6 10.8V8.6c0-2.2 1.2-3.4 3.2-3.4H8" />
    <path d="M8.4 1.9v6.6L14 5.2z" fill="currentColor" stroke="none" />
  </>,
);
export const ResetIcon = icon(
  <>
    <path d="M13 8a5 5 0 1 1-1.6-3.7" />
    <path d="M13.2 1.8v3.1h-3.1" />
  </>,
);
export const DiskIcon = icon(
  <>
    <ellipse cx="8" cy="4" rx="5" ry="2" />
    <path d="M3 4v8c0 1.1 2.2 2 5 2s5-.9 5-2V4M3 8c0 1.1 2.2 2 5 2s5-.9 5-2" />
  </>,
);
export const ScriptIcon = icon(
  <path d="M4 1.8h5.4L12.5 5v9.2H4zM9.2 1.8V5h3.3M6 8h4.5M6 11h4.5" />,
);
export const SunIcon = icon(
  <>
    <circle cx="8" cy="8" r="3" />
    <path d="M8 1v1.6M8 13.4V15M1 8h1.6M13.4 8H15M3 3l1.2 1.2M11.8 11.8 13 13M3 13l1.2-1.2M11.8 4.2 13 3" />
  </>,
);
export const MoonIcon = icon(<path d="M13 9.8A5.6 5.6 0 0 1 6.2 3 5.6 5.6 0 1 0 13 9.8z" />);
export const AutoThemeIcon = icon(
  <>
    <circle cx="8" cy="8" r="5.6" />
    <path d="M8 2.4a5.6 5.6 0 0 1 0 11.2z" fill="currentColor" />
  </>,
);
export const PresentIcon = icon(
  <path d="M1.8 2.5h12.4M2.8 2.5v7.7h10.4V2.5M8 10.2v1.6M4.8 14 8 11.8 11.2 14" />,
);
export const HelpIcon = icon(
  <>
    <path d="M5.8 6a2.3 2.3 0 1 1 3.3 2.1c-.7.4-1.1.8-1.1 1.6" />
    <circle cx="8" cy="12.4" r=".5" fill="currentColor" />
  </>,
);
export const ChevronIcon = icon(<path d="m4 6 4 4 4-4" />);
export const FitIcon = icon(<path d="M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10" />);
export const CloseIcon = icon(<path d="m4 4 8 8M12 4l-8 8" />);
export const WarnIcon = icon(
  <>
    <path d="M8 2 1.6 13.4h12.8z" />
    <path d="M8 6.4v3.4" />
    <circle cx="8" cy="11.7" r=".4" fill="currentColor" />
  </>,
);
export const UndoIcon = icon(<path d="M5.5 3 2.5 6l3 3M2.7 6h7a3.6 3.6 0 0 1 0 7.2H6" />);
export const MachineIcon = icon(
  <>
    <rect x="4" y="4" width="8" height="8" rx="1" />
    <path d="M6.5 4V1.5M9.5 4V1.5M6.5 14.5V12M9.5 14.5V12M4 6.5H1.5M4 9.5H1.5M14.5 6.5H12M14.5 9.5H12" />
  </>,
);
export const PencilIcon = icon(<path d="M10.6 2.8 13.2 5.4 5.6 13H3v-2.6zM8.8 4.6l2.6 2.6" />);
export const UpIcon = icon(<path d="M8 13V3.4M4 7.2l4-4 4 4" />);
export const DownIcon = icon(<path d="M8 3v9.6M4 8.8l4 4 4-4" />);
export const CopyIcon = icon(<path d="M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3" />);
export const RedoIcon = icon(<path d="m10.5 3 3 3-3 3M13.3 6h-7a3.6 3.6 0 0 0 0 7.2H10" />);
export const AddIcon = icon(<path d="M8 3v10M3 8h10" />);
export const ConnectIcon = icon(
  <>
    <circle cx="3.8" cy="12.2" r="1.9" />
    <circle cx="12.2" cy="3.8" r="1.9" />
    <path d="M5.2 10.8 10.8 5.2" />
  </>,
);
export const DeleteIcon = icon(
  <path d="M2.8 4.2h10.4M6 4V2.5h4V4M4.2 4.4l.7 9.1h6.2l.7-9.1M6.8 7v4M9.2 7v4" />,
);
export const SearchIcon = icon(
  <>
    <circle cx="7" cy="7" r="4.2" />
    <path d="m10.2 10.2 3.6 3.6" />
  </>,
);
export const MoreIcon = icon(
  <>
    <circle cx="3.4" cy="8" r="1" fill="currentColor" />
    <circle cx="8" cy="8" r="1" fill="currentColor" />
    <circle cx="12.6" cy="8" r="1" fill="currentColor" />
  </>,
);
export const ShareIcon = icon(<path d="M8 9.6V2M5.2 4.6 8 1.8l2.8 2.8M5 6.8H3.2v7h9.6v-7H11" />);
