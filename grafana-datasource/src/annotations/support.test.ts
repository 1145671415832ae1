import { AnnotationQuery } from '@grafana/data';
import { TsdbQuery } from '../types';
import { annotationSupport } from './support';

const annotation = (target?: TsdbQuery): AnnotationQuery<TsdbQuery> => ({ name: 'alarms', enable: true, iconColor: 'red', target });

describe('annotationSupport', () => {
  it('asks for events, with the columns that were chosen', () => {
    const query = annotationSupport.prepareQuery!(
      annotation({ refId: 'x', rawSql: 'SELECT time, message FROM events', textColumn: 'message', tagsColumns: ['level'] })
    );
    expect(query).toEqual({
      refId: 'x',
      queryType: 'annotation',
      rawSql: 'SELECT time, message FROM events',
      textColumn: 'message',
      tagsColumns: ['level'],
    });
  });

  it('asks for nothing before there is a statement', () => {
    expect(annotationSupport.prepareQuery!(annotation())).toBeUndefined();
    expect(annotationSupport.prepareQuery!(annotation({ refId: 'x', rawSql: ' ' }))).toBeUndefined();
  });
});
