import { FakeTemplateSrv } from '../testing/fakes';
import { interpolate } from '../sql/interpolate';
import { lookupIn } from './lookup';

const templateSrv = new FakeTemplateSrv([
  { name: 'host', value: 'a' },
  { name: 'hosts', value: ['a', "b'c"], multi: true },
  { name: 'one', value: '5', multi: true },
  { name: 'none', value: [], multi: true },
  { name: 'everything', value: '$__all', includeAll: true, multi: true, options: ['a', 'b'] },
  { name: 'pattern', value: ['$__all'], includeAll: true, multi: true, allValue: '.*' },
  { name: 'threshold', value: '5' },
  { name: '__interval', value: '10s' },
  { name: '__org', value: '7' },
]);

describe('lookupIn', () => {
  it.each([
    ["x = '$host'", "x = 'a'"],
    ['x IN ($hosts)', "x IN ('a', 'b''c')"],
    // Of a variable with several values even one number is a text: tags are.
    ['x IN ($one)', "x IN ('5')"],
    ['x > $threshold', 'x > 5'],
    ['x IN ($none)', "x IN ('')"],
    ['x IN ($everything)', "x IN ('a', 'b')"],
    ['$__conditionalAll(x IN ($everything), $everything)', "$__conditionalAll(x IN ('a', 'b'), $__all)"],
    ['$__conditionalAll(x IN ($hosts), $hosts)', "$__conditionalAll(x IN ('a', 'b''c'), 'a,b''c')"],
    ["x ~ '$pattern'", "x ~ '.*'"],
    ['$__conditionalAll(x ~ $pattern, $pattern)', "$__conditionalAll(x ~ '.*', $__all)"],
    ['x = ${hosts:json}', "x = '[\"a\",\"b''c\"]'"],
    ['y = $missing AND z = ${missing:json}', 'y = $missing AND z = ${missing:json}'],
    // The back end's own, though Grafana has a value for it.
    ['time_bucket($__interval, time)', 'time_bucket($__interval, time)'],
    ['org = $__org', 'org = 7'],
  ])('puts the values of Grafana into %s', (sql, expected) => {
    expect(interpolate(sql, lookupIn(templateSrv)).sql).toBe(expected);
  });

  it('prefers the value of a repeated panel, which is never All', () => {
    const lookup = lookupIn(templateSrv, { everything: { value: 'b', text: 'b' } });
    expect(interpolate('$__conditionalAll(x IN ($everything), $everything)', lookup).sql).toBe("$__conditionalAll(x IN ('b'), 'b')");
  });
});
