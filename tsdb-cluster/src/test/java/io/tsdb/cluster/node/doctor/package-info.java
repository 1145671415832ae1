/// Tests of what the doctor finds.
@NullMarked
package io.tsdb.cluster.node.doctor;

import org.jspecify.annotations.NullMarked;
