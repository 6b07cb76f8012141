/** What users call: the cluster, its options, the master's and the worker's view of it. */
@org.jspecify.annotations.NullMarked
package io.stickycluster;
