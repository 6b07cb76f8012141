package io.stickycluster.internal.master;

import io.stickycluster.ClusterListener;
import io.stickycluster.Master;
import io.stickycluster.WorkerExit;
import io.stickycluster.WorkerInfo;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** Writes what happens to the cluster into the JVM's flight recording, if one runs. */
final class FlightRecorder implements ClusterListener {

  /** A worker's life moved on. */
  @Name("io.stickycluster.Worker")
  @Label("Worker")
  @Category("Sticky Cluster")
  @Description("A worker was started, became ready, drains or exited")
  @StackTrace(false)
  static final class WorkerEvent extends Event {
    @Label("Index")
    int index;

    @Label("Id")
    long id;

    @Label("Process id")
    long workerPid;

    @Label("Happening")
    String happening = "";

    @Label("Exit")
    String exit = "";
  }

  /** The cluster as a whole moved on. */
  @Name("io.stickycluster.Cluster")
  @Label("Cluster")
  @Category("Sticky Cluster")
  @Description("The cluster is ready, reloads or stops")
  @StackTrace(false)
  static final class ClusterEvent extends Event {
    @Label("Happening")
    String happening = "";
  }

  @Override
  public void workerStarted(WorkerInfo worker) {
    commit(worker, "started", "");
  }

  @Override
  public void workerReady(WorkerInfo worker) {
    commit(worker, "ready", "");
  }

  @Override
  public void workerDraining(WorkerInfo worker) {
    commit(worker, "draining", "");
  }

  @Override
  public void workerExited(WorkerInfo worker, WorkerExit exit) {
    commit(worker, "exited", exit.words());
  }

  @Override
  public void clusterReady(Master master) {
    commit("ready");
  }

  @Override
  public void reloading(Master master) {
    commit("reloading");
  }

  @Override
  public void reloaded(Master master, boolean success) {
    commit(success ? "reloaded" : "reload given up");
  }

  @Override
  public void stopping(Master master) {
    commit("stopping");
  }

  private static void commit(WorkerInfo worker, String happening, String exit) {
    WorkerEvent event = new WorkerEvent();
    event.index = worker.index();
    event.id = worker.id();
    event.workerPid = worker.pid();
    event.happening = happening;
    event.exit = exit;
    event.commit();
  }

  private static void commit(String happening) {
    ClusterEvent event = new ClusterEvent();
    event.happening = happening;
    event.commit();
  }
}
