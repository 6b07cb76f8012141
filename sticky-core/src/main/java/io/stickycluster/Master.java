package io.stickycluster;

import io.stickycluster.spi.Transport.TransportCounters;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * The master process of a running cluster: owns the port, supervises the workers. Safe for use by
 * several threads.
 */
public interface Master {

  /** Returns the address listened on, with the real port. */
  InetSocketAddress address();

  /** Returns the transport's name. */
  String transport();

  /**
   * Returns how connections reach workers: {@code listener}, {@code connection} or {@code bytes}.
   */
  String handOver();

  /** Completes when every worker is ready for the first time; fails if the cluster ends before. */
  CompletionStage<Master> ready();

  /** Returns the worker processes alive now, by index and then id. */
  List<WorkerInfo> workers();

  /** Returns live counts of the transport. */
  TransportCounters transportCounters();

  /** Returns the messages between this process and the workers. */
  Messages messages();

  /**
   * Replaces all workers, one after the other: a successor is ready before its predecessor drains.
   * If a successor can't start, its predecessor stays and the reload ends there. A reload asked for
   * during a reload runs after it, once.
   *
   * @return completes with the number of workers replaced; fails if the reload was given up
   */
  CompletionStage<Integer> reload();

  /**
   * Changes the number of workers without refusing anyone.
   *
   * @param workers the new number, 1 to {@value ClusterOptions#MAX_CONCURRENCY}
   * @return completes when all new workers are ready and all surplus ones are gone; fails if a new
   *     one can't start
   * @throws IllegalArgumentException if the number is out of bounds
   */
  CompletionStage<?> scale(int workers);

  /**
   * Shuts the cluster down gracefully: accepts no more, lets the workers finish what is in flight,
   * and forces the rest after the hard shutdown delay. Idempotent; returns at once.
   */
  void shutdown();

  /** Kills the workers and ends; returns at once. */
  void shutdownNow();

  /** Returns whether the cluster has ended and left nothing behind. */
  boolean isTerminated();

  /**
   * Waits for the end.
   *
   * @return whether the cluster has ended
   * @throws InterruptedException if the waiting thread is interrupted
   */
  boolean awaitTermination(Duration timeout) throws InterruptedException;

  /** Returns the exit code for this process: 0 after a graceful end, else 1. */
  int exitCode();
}
