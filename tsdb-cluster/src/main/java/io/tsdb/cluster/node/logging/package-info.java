/// What the log of a node holds back: repeats of one message.
///
/// In: every log event, by logback (`logback.xml` names the filter). Out: whether it is written.
/// Any thread. Who ends the process calls [RepeatFilter#reportAll] first.
@NullMarked
package io.tsdb.cluster.node.logging;

import org.jspecify.annotations.NullMarked;
