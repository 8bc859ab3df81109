using System.Diagnostics;
using Coverslip.Torch.Checkpoints;
using Coverslip.Torch.Layers;
using Coverslip.Torch.Scripts;

namespace Coverslip.Torch.Tests.Scripts;

[NoTensorLeaks]
public sealed class TorchScriptTests : IDisposable
{
    private const string Python = "/usr/bin/python3";
    private readonly string folder = Directory.CreateTempSubdirectory("coverslip-script").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_saved_network_runs_again_with_equal_outputs()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var net = new Net(store.Root);
        var x = Tensor.Rand([2, 3, 8, 8]);
        net.Forward([x]); // moves the running statistics
        var path = Path.Combine(folder, "net.pt");
        TorchScript.Save(path, [store], net.Forward, [x]);
        Assert.True(store.Training);
        Assert.Equal(["net.pt"], Directory.GetFiles(folder).Select(Path.GetFileName));

        using var script = TorchScript.Load(path);
        var other = Tensor.Rand([2, 3, 8, 8]);
        var outputs = script.Run(other);
        store.Training = false;
        var expected = net.Forward([other]);
        Assert.Equal(2, outputs.Length);
        for (var i = 0; i < 2; i++)
            Assert.Equal(expected[i].ToArray<float>(), outputs[i].ToArray<float>());
        Assert.False(outputs[0].RequiresGrad);
    }

    [Fact]
    public void Python_opens_it_with_equal_outputs_and_names()
    {
        Assert.SkipUnless(HasPyTorch(), $"{Python} cannot import torch");
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var net = new Net(store.Root);
        var x = Tensor.Rand([2, 3, 8, 8]);
        net.Forward([x]);
        TorchScript.Save(Path.Combine(folder, "net.pt"), [store], net.Forward, [x]);
        store.Training = false;
        var y = net.Forward([x]);
        SafeTensors.Write(
            Path.Combine(folder, "net.safetensors"),
            [.. store.All, ("#x", x), ("#y0", y[0]), ("#y1", y[1])]
        );
        var (code, text) = RunPython(
            Path.Combine(Coverslip.Tests.TestData.Root, "tests", "Torch", "Scripts", "open_script.py"),
            folder
        );
        Assert.True(code == 0, text);
    }

    [Fact]
    public void A_failing_function_throws_its_own_exception_and_leaves_no_file()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var error = Assert.Throws<InvalidOperationException>(() =>
            TorchScript.Save(
                Path.Combine(folder, "net.pt"),
                [store],
                _ => throw new InvalidOperationException("in the middle"),
                [Tensor.Ones([1])]
            )
        );
        Assert.Equal("in the middle", error.Message);
        Assert.Empty(Directory.GetFiles(folder));
        Assert.True(store.Training);
        // The tracer must have let go of this thread.
        using var b = Tensor.Ones([2]);
        Assert.Equal(2, b.Sum().Item());
    }

    [Fact]
    public void A_file_that_is_no_script_is_named()
    {
        var path = Path.Combine(folder, "text.pt");
        File.WriteAllText(path, "not a zip");
        Assert.Contains(path, Assert.Throws<InvalidDataException>(() => TorchScript.Load(path)).Message);
        Assert.Throws<FileNotFoundException>(() => TorchScript.Load(Path.Combine(folder, "none.pt")));
    }

    [Fact]
    public void A_wrong_input_names_the_file()
    {
        using var scope = new TensorScope();
        using var store = new ParameterStore();
        var net = new Net(store.Root);
        var path = Path.Combine(folder, "net.pt");
        TorchScript.Save(path, [store], net.Forward, [Tensor.Rand([2, 3, 8, 8])]);
        using var script = TorchScript.Load(path);
        Assert.Contains(path, Assert.Throws<TorchException>(() => script.Run(Tensor.Rand([2, 4, 8, 8]))).Message);
    }

    private static bool HasPyTorch() => File.Exists(Python) && RunPython("-c", "import torch").Code == 0;

    private static (int Code, string Text) RunPython(params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(Python, arguments) { RedirectStandardOutput = true, RedirectStandardError = true }
        )!;
        var errors = process.StandardError.ReadToEndAsync();
        var text = process.StandardOutput.ReadToEnd() + errors.Result;
        process.WaitForExit();
        return (process.ExitCode, text);
    }

    /// <summary>Several submodules, one of them numbered as in PyTorch's Sequential, and two outputs.</summary>
    private sealed class Net(ParameterPath at)
    {
        private readonly Conv2d first = new(at / "conv1", 3, 8, 3, new Conv2dOptions { Padding = 1 });
        private readonly BatchNorm2d norm = new(at / "features" / "norm", 8);
        private readonly Conv2d second = new(
            at / "features" / 0,
            8,
            8,
            3,
            new Conv2dOptions { Stride = 2, Bias = false }
        );
        private readonly Dropout dropout = new(at, 0.5);
        private readonly Linear classes = new(at / "fc", 8, 4);

        internal Tensor[] Forward(Tensor[] inputs)
        {
            var h = norm.Forward(first.Forward(inputs[0])).Relu();
            h = dropout.Forward(second.Forward(h));
            return [classes.Forward(h.Mean([2, 3])), h];
        }
    }
}
