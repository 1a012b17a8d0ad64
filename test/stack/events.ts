/** One server-sent event; its data parsed as JSON. */
export interface ServerEvent {
  readonly id: string;
  /** Its name; empty where it has none. */
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: the shape of the data is what the tests are about.
  readonly data: any;
}

/** The events of a stream as they come; comments and fields that stand alone are left out. */
export async function* readEvents(response: Response): AsyncGenerator<ServerEvent> {
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    rest += decoder.decode(chunk, { stream: true });
    const blocks = rest.split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]),
      );
      const data = fields.get('data');
      if (data !== undefined)
        yield { id: fields.get('id') ?? '', event: fields.get('event') ?? '', data: JSON.parse(data) };
    }
  }
}

/** The next event that fits. Throws where the stream ends before it. */
export async function nextEvent(
  events: AsyncGenerator<ServerEvent>,
  fits: (event: ServerEvent) => boolean,
): Promise<ServerEvent> {
  for (;;) {
    const { value, done } = await events.next();
    if (done) throw new Error('the stream ended before such an event');
    if (fits(value)) return value;
  }
}
