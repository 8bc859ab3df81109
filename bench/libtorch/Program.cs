// Training steps of libtorch 2.10, by TorchSharp, of what trace.py wrote, timed as Steps.cs times ours:
// NAME FILE.pt LINE.json STEPS: a JSON line, that of the file with first value and times.
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;

const int WarmUpSteps = 3;
var warmUp = TimeSpan.FromSeconds(4);
var (line, steps) = (JsonNode.Parse(File.ReadAllText(args[1]))!.AsObject(), int.Parse(args[2]));
torch.set_num_threads(int.Parse(Environment.GetEnvironmentVariable("OMP_NUM_THREADS")!));
using var module = torch.jit.load<torch.Tensor, torch.Tensor>(args[0]);
module.train();
var isUNet = !line.ContainsKey("model");
using var optimizer = isUNet
    ? (torch.optim.Optimizer)torch.optim.Adam(module.parameters(), 1e-4)
    : torch.optim.SGD(module.parameters(), 1e-3, momentum: 0.9);
using var nothing = torch.zeros(1);
var (first, whole, process) = (double.NaN, Stopwatch.StartNew(), Process.GetCurrentProcess());
var (times, processor) = (new List<double>(), new List<double>());
for (var i = 0; times.Count < steps; i++)
{
    var warm = i >= WarmUpSteps && whole.Elapsed >= warmUp;
    process.Refresh();
    var (clock, used) = (Stopwatch.StartNew(), process.TotalProcessorTime);
    var value = Step();
    first = i == 0 ? value : first;
    if (!warm && times.Count == 0)
        continue;
    times.Add(Math.Round(clock.Elapsed.TotalMilliseconds, 2));
    process.Refresh();
    processor.Add(Math.Round((process.TotalProcessorTime - used).TotalMilliseconds, 2));
}
if (isUNet)
    line["loss"] = first;
else
    line["values"] = new JsonArray(first);
line["milliseconds"] = JsonSerializer.SerializeToNode(times);
line["processor"] = JsonSerializer.SerializeToNode(processor);
Console.WriteLine(line.ToJsonString());

double Step()
{
    using var scope = torch.NewDisposeScope();
    optimizer.zero_grad();
    var loss = module.forward(nothing);
    loss.backward();
    optimizer.step();
    return loss.item<float>();
}
