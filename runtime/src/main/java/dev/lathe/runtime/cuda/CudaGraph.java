package dev.lathe.runtime.cuda;

import static org.bytedeco.cuda.global.cudart.cuGraphDestroy;
import static org.bytedeco.cuda.global.cudart.cuGraphExecDestroy;
import static org.bytedeco.cuda.global.cudart.cuGraphInstantiate;
import static org.bytedeco.cuda.global.cudart.cuGraphLaunch;
import static org.bytedeco.cuda.global.cudart.cuGraphUpload;

import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;

/// Launches that were recorded once and are replayed with one call. Their arguments are those of
/// the recording.
public final class CudaGraph implements Handle {
  private final CUgraphExec_st handle;
  private final Lease lease;

  private CudaGraph(CUgraphExec_st handle, Lease lease) {
    this.handle = handle;
    this.lease = lease;
  }

  /// Makes a recording runnable, and frees the recording.
  static CudaGraph instantiate(CudaContext context, CUgraph_st recording) {
    CUgraphExec_st exec = new CUgraphExec_st();
    int result = cuGraphInstantiate(exec, recording, 0);
    int freed = cuGraphDestroy(recording);
    Driver.check(result, "cuGraphInstantiate", "a captured graph");
    Driver.check(freed, "cuGraphDestroy", "a captured graph");
    return new CudaGraph(exec, context.lease());
  }

  /// Moves the graph to the GPU, so that its first launch is as fast as the others.
  public void upload(CudaStream stream) {
    Driver.check(cuGraphUpload(handle, stream.handle()), "cuGraphUpload", this);
  }

  /// Puts the whole graph into the stream.
  public void launch(CudaStream stream) {
    Driver.check(cuGraphLaunch(handle, stream.handle()), "cuGraphLaunch", this);
  }

  @Override
  public String toString() {
    return "a graph";
  }

  @Override
  public void close() {
    if (lease.end()) {
      Driver.check(cuGraphExecDestroy(handle), "cuGraphExecDestroy", this);
    }
  }
}
