import { describe, expect, it, test } from 'vitest';
import { Machine } from '../../engine/machine/machine.ts';
import { goldenHost } from '../../testing/golden.ts';
import { jsonText } from './json-text.ts';
import { QmpSession } from './qmp-session.ts';

function open(pretty = false) {
  let sent = '';
  const machine = Machine.build('-M pc -m 64 -nodefaults -S', goldenHost());
  const session = new QmpSession(machine, {
    send: (text) => {
      sent += text;
    },
    pretty,
    now: () => 1_700_000_000_123_456,
  });
  machine.onEvent = () => {
    for (const event of machine.takeEvents()) session.event(event);
  };
  const ask = (text: string): string => {
    sent = '';
    session.receive(text);
    return sent;
  };
  session.open();
  return { greeting: sent, ask, session };
}

const GREETING =
  '{"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": ""}, "capabilities": []}}\r\n';

describe('negotiation', () => {
  it('greets, and waits for qmp_capabilities', () => {
    const { greeting, ask } = open();
    expect(greeting).toBe(GREETING);
    expect(ask('{"execute": "query-status"}')).toBe(
      `{"error": {"class": "CommandNotFound", "desc": "Expecting capabilities negotiation with 'qmp_capabilities'"}}\r\n`,
    );
    expect(ask('{"execute": "stop", "id": 1}')).toContain('"id": 1');
    expect(ask('{"execute": "qmp_capabilities", "id": "x"}')).toBe('{"return": {}, "id": "x"}\r\n');
    expect(ask('{"execute": "query-status"}')).toBe(
      '{"return": {"status": "prelaunch", "singlestep": false, "running": false}}\r\n',
    );
    expect(ask('{"execute": "qmp_capabilities"}')).toContain(
      'Capabilities negotiation is already complete, command ignored',
    );
  });

  it('offers no capability', () => {
    const { ask } = open();
    expect(ask('{"execute": "qmp_capabilities", "arguments": {"enable": ["oob"]}}')).toContain(
      "does not accept value 'oob'",
    );
  });

  it('begins anew with each client', () => {
    const { ask, session } = open();
    ask('{"execute": "qmp_capabilities"}');
    session.close();
    session.open();
    expect(ask('{"execute": "query-status"}')).toContain('Expecting capabilities');
  });
});

describe('the stream', () => {
  const { ask } = open();
  ask('{"execute": "qmp_capabilities"}');

  test.each([
    ["{'execute': 'query-version'}{'execute': 'foo'}\n", ['"return"', 'The command foo has not']],
    ['[1]\n', ['QMP input must be a JSON object']],
    ['"a" ', ['QMP input must be a JSON object']],
    ['{"execute":"query-status" "id":1}', ['JSON parse error, expected separator in dict']],
    ['}', ['JSON parse error, expecting value']],
    ['{"execute": "query-status", "id": "}"}', ['"id": "}"']],
    ['{"execute": "query-status", "id": "a\\"}"}', ['"id": "a\\"}"']],
    ['{"exec-oob": "query-status", "id": 3}', ["QMP input member 'exec-oob' is unexpected"]],
  ])('%s', (text, answers) => {
    const lines = ask(text).trimEnd().split('\r\n');
    expect(lines).toHaveLength(answers.length);
    for (const [i, answer] of answers.entries()) expect(lines[i]).toContain(answer);
    // Whatever came, the next request is understood.
    expect(ask('{"execute":\n\n"query-target"}')).toBe('{"return": {"arch": "x86_64"}}\r\n');
  });

  it('may come byte by byte', () => {
    const answers = [...'{"execute": "query-target"}'].map((char) => ask(char));
    expect(answers.filter((answer) => answer !== '')).toHaveLength(1);
    expect(answers.at(-1)).not.toBe('');
  });
});

describe('events', () => {
  it('come with their time, before the answer, and only once the client has negotiated', () => {
    const { ask } = open();
    expect(ask('{"execute": "system_reset"}')).not.toContain('RESET"');
    ask('{"execute": "qmp_capabilities"}');
    expect(ask('{"execute": "system_reset"}')).toBe(
      '{"timestamp": {"seconds": 1700000000, "microseconds": 123456}, "event": "RESET", "data": {"guest": false, "reason": "host-qmp-system-reset"}}\r\n{"return": {}}\r\n',
    );
  });
});

it('is laid out for people where they asked for it', () => {
  const { ask } = open(true);
  expect(ask('{"execute": "qmp_capabilities"}')).toBe('{\r\n    "return": {\r\n    }\r\n}\r\n');
});

test('integers of any size stand as digits', () => {
  expect(jsonText({ a: 2n ** 64n - 1n, b: [1, 'x', null, undefined], c: undefined })).toBe(
    '{"a": 18446744073709551615, "b": [1, "x", null, null]}',
  );
});
