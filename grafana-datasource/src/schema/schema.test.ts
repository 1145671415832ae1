import { Schema } from './schema';

describe('Schema', () => {
  it('asks once for what is under way or fresh, and again when it is old', async () => {
    const asked: string[] = [];
    let now = 0;
    const schema = new Schema(
      async (path, params) => {
        asked.push(`${path} ${JSON.stringify(params)}`);
        return ['a'];
      },
      () => now
    );
    await Promise.all([schema.tags('iot', 'cpu'), schema.tags('iot', 'cpu')]);
    now = 29_999;
    expect(await schema.tags('iot', 'cpu')).toEqual(['a']);
    expect(asked).toEqual(['tags {"database":"iot","measurement":"cpu"}']);
    now = 30_000;
    await schema.tags('iot', 'cpu');
    await schema.tags('iot');
    await schema.tags();
    expect(asked.slice(1)).toEqual(['tags {"database":"iot","measurement":"cpu"}', 'tags {"database":"iot"}', 'tags {}']);
  });

  it('forgets a failure', async () => {
    let fails = true;
    const schema = new Schema(async () => {
      if (fails) {
        throw new Error('unreachable');
      }
      return ['iot'];
    });
    await expect(schema.databases()).rejects.toThrow('unreachable');
    fails = false;
    expect(await schema.databases()).toEqual(['iot']);
  });

  it('sends the prefix of tag values as it is', async () => {
    const asked: unknown[] = [];
    const schema = new Schema(async (path, params) => {
      asked.push([path, params]);
      return [];
    });
    await schema.tagValues('iot', 'a&b', 'it"s', "x'", 5);
    expect(asked).toEqual([['tag-values', { database: 'iot', measurement: 'a&b', tag: 'it"s', prefix: "x'", limit: 5 }]]);
  });
});
