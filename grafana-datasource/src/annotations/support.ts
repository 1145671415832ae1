import { AnnotationQuery, AnnotationSupport } from '@grafana/data';
import { AnnotationQueryEditor } from '../components/AnnotationQueryEditor';
import { TsdbQuery } from '../types';

/** Annotations are rows of a statement; which columns are time, end, text and tags is chosen in the editor and read by the back end. */
export const annotationSupport: AnnotationSupport<TsdbQuery> = {
  QueryEditor: AnnotationQueryEditor,

  getDefaultQuery: () => ({ queryType: 'annotation', editorMode: 'sql', rawSql: '', format: 'table' }),

  prepareQuery: (annotation: AnnotationQuery<TsdbQuery>): TsdbQuery | undefined =>
    annotation.target?.rawSql?.trim()
      ? { ...annotation.target, queryType: 'annotation', refId: annotation.target.refId || 'Anno' }
      : undefined,
};
