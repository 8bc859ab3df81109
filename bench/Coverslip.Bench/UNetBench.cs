using System.Text.Json;
using Coverslip.Learning.Backbones;
using Coverslip.Learning.Inputs;
using Coverslip.Methods.SelfSupervised;
using Coverslip.Torch;
using Coverslip.Torch.Checkpoints;
using Coverslip.Torch.Optimizers;

namespace Coverslip.Bench;

/// <summary>Training steps of the self-supervised U-Net; the twin of <c>bench/unet/steps.py</c>.</summary>
internal static class UNetBench
{
    private const string BatchPrefix = "batch/";

    /// <summary><c>unet FOLDER</c>: weights and batch come from FOLDER/unet-SIDE.pth; a JSON line per size.</summary>
    internal static void Run(string[] arguments)
    {
        var flags = new Flags(arguments, "sides", "width", "steps", "precision");
        var precision = flags.Text("precision", "float32");
        Steps.SetThreads();
        foreach (var side in flags.Text("sides", "256,300").Split(','))
        {
            using var scope = new TensorScope();
            var parts = WeightsFile
                .Read(Path.Combine(flags.Words[0], $"unet-{side}.pth"))
                .ToLookup(e => e.Key.StartsWith(BatchPrefix, StringComparison.Ordinal));
            var options = new UNetOptions { Width = flags.Int("width", 64), WithoutSkip = [0] };
            using var network = new SelfSupervisedNetwork(options, new JointLossOptions());
            network.Store.Load(parts[false].ToDictionary());
            network.Store.ToChannelsLast();
            var stored = parts[true].ToDictionary(e => e.Key[BatchPrefix.Length..], e => e.Value);
            var image = stored["image"].Contiguous(MemoryFormat.ChannelsLast);
            var batch = new Batch(image, stored["mask"], Tensor.Zeros([image.Size(0)], DType.Int64), null);
            network.Store.Training = true;
            using var optimizer = new Adam(network.Store, 1e-4);
            double Step() => Stepped(network, optimizer, batch, Steps.TypeOf(precision));
            var loss = Step();
            var times = Steps.Times(flags.Int("steps", 5), Step);
            var what = $"{image.Size(0)} x {side} x {side}";
            Console.WriteLine(
                JsonSerializer.Serialize(
                    new
                    {
                        who = "coverslip",
                        what,
                        precision,
                        loss,
                        milliseconds = times.Milliseconds,
                        processor = times.Processor,
                    }
                )
            );
        }
    }

    private static double Stepped(SelfSupervisedNetwork network, Adam optimizer, Batch batch, DType type)
    {
        using var scope = new TensorScope();
        network.Store.ClearGradients();
        Tensor loss;
        // As in the training loop: what only the forward pass needed goes before the backward pass.
        using (var forward = new TensorScope())
        using (new Autocast(Device.Cpu, type))
            loss = forward.Keep(network.Judge(batch).Total);
        loss.Backward();
        optimizer.Step();
        return loss.Item();
    }
}
