using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Coverslip.Learning.Runs;
using Coverslip.Tests;
using Coverslip.Torch;
using Coverslip.Torch.Scripts;
using Coverslip.Torch.Tests;
using Microsoft.ML.OnnxRuntime;
using Tensor = Coverslip.Torch.Tensor;

namespace Coverslip.Methods.Tests.WsInfer;

/// <summary>Folders for WSInfer: opened by PyTorch and by us they say what predicting says; their zoo's schema holds.</summary>
[NoTensorLeaks]
public sealed class WsInferFolderTests(WsInferRuns runs) : IClassFixture<WsInferRuns>
{
    private const string Python = "/usr/bin/python3";

    public static TheoryData<string> Models =>
        [
            "saganet of two parts",
            "saganet, second part",
            "saganet, standardized and turned",
            "backbone in bfloat16",
            "curriculum",
        ];

    [Theory, MemberData(nameof(Models))]
    public void The_network_says_what_predicting_says(string name)
    {
        var folder = runs.Made(name);
        var expected = JsonSerializer.Deserialize<double[][]>(File.ReadAllText(Path.Combine(folder, "expected.json")))!;
        var bytes = File.ReadAllBytes(Path.Combine(folder, "pixels.bin"));
        var side = (int)Math.Sqrt(bytes.Length / 3.0 / expected.Length);
        using var scope = new TensorScope();
        var pixels = Tensor.From<byte>(bytes, expected.Length, side, side, 3).To(DType.Float32) * (1 / 255.0);
        using var script = TorchScript.Load(Path.Combine(folder, "torchscript_model.pt"));
        var said = script.Run(pixels.Permute(0, 3, 1, 2).Contiguous())[0].Softmax(1).ToArray<float>();
        Assert.True(expected.SelectMany(p => p).Distinct().Count() > 2); // no constant
        // bfloat16 carries eight bits, and the folder is in float32.
        var tolerance = name.Contains("bfloat16", StringComparison.Ordinal) ? 0.02 : 1e-4;
        foreach (var (wanted, value) in expected.SelectMany(p => p).Zip(said))
            Assert.Equal(wanted, value, tolerance);
    }

    [Theory, MemberData(nameof(Models))]
    public void The_configuration_is_what_the_zoo_s_schema_asks_for(string name)
    {
        var file = Path.Combine(TestData.Root, "tests", "Methods", "WsInfer", "model-config.schema.json");
        var schema = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        schema["additionalProperties"] = false; // ours has no others
        var config = JsonNode.Parse(File.ReadAllText(Path.Combine(runs.Made(name), "config.json")))!;
        Assert.Empty(SchemaCheck.Errors(config, schema, ""));
        Assert.Equal((int)config["num_classes"]!, config["class_names"]!.AsArray().Count);
        if (name == "curriculum")
        {
            Assert.Equal(["no nodule", "nodule"], config["class_names"]!.AsArray().Select(c => $"{c}"));
            // 96 pixels as stored become 64.
            Assert.Equal(210, (double)config["spacing_um_px"]!, 1e-6);
        }
        else
            Assert.Equal((48, 0.5), ((int)config["patch_size_pixels"]!, (double)config["spacing_um_px"]!));
        config["spec_version"] = "2.0";
        config["class_names"] = new JsonArray("a", "a");
        config.AsObject().Remove("transform");
        Assert.Equal(["transform", "spec_version", "class_names"], SchemaCheck.Errors(config, schema, ""));
    }

    [Fact]
    public void An_ONNX_file_says_what_predicting_says()
    {
        var folder = runs.Made("backbone in bfloat16");
        var path = Path.Combine(folder, "..", "backbone.onnx");
        using var model = TrainedModel.Load(runs.Run("backbone", ""), Known.Methods, Device.Cpu);
        OnnxExport.Write(path, model);
        var expected = JsonSerializer.Deserialize<double[][]>(File.ReadAllText(Path.Combine(folder, "expected.json")))!;
        var bytes = File.ReadAllBytes(Path.Combine(folder, "pixels.bin"));
        using var scope = new TensorScope();
        var pixels = Tensor.From<byte>(bytes, expected.Length, 48, 48, 3).To(DType.Float32) * (1 / 255.0);
        using var session = new InferenceSession(path);
        using var images = OrtValue.CreateTensorValueFromMemory(
            pixels.Permute(0, 3, 1, 2).Contiguous().ToArray<float>(),
            [expected.Length, 3, 48, 48]
        );
        using var options = new RunOptions();
        using var said = session.Run(options, ["images"], [images], ["output"]);
        foreach (var (wanted, value) in expected.SelectMany(p => p).Zip(said[0].GetTensorDataAsSpan<float>().ToArray()))
            Assert.Equal(wanted, value, 0.02); // the run is in bfloat16, the file in float32
        Assert.Equal("""["rosettes","sheets"]""", session.ModelMetadata.CustomMetadataMap["classes"]);
    }

    [Fact]
    public void What_has_no_form_in_ONNX_is_refused_with_the_reason()
    {
        var path = Path.Combine(runs.Run("saganet", "seed: 1", parts: 2), "no.onnx");
        foreach (
            var (reason, run) in new[]
            {
                ("input.form: raw", runs.Run("masked", "input: {form: masked, masks: column, height: 48, width: 48}")),
                ("cannot be written as one network", runs.Classical()),
                ("choose with --finding: nodule", runs.Chests),
            }
        )
        {
            using var model = TrainedModel.Load(run, Known.Methods, Device.Cpu);
            var error = Assert.Throws<InvalidOperationException>(() => OnnxExport.Write(path, model));
            Assert.Contains(reason, error.Message);
            Assert.False(File.Exists(path));
        }
    }

    [Fact]
    public void A_SagaNet_of_two_parts_as_an_ONNX_file()
    {
        var path = Path.Combine(runs.Run("saganet", "seed: 1", parts: 2), "saganet.onnx");
        using var model = TrainedModel.Load(Path.GetDirectoryName(path)!, Known.Methods, Device.Cpu);
        OnnxExport.Write(path, model); // compares itself with the model
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void PyTorch_opens_them_with_equal_outputs()
    {
        Assert.SkipUnless(
            File.Exists(Python) && RunPython("-c", "import torch").Code == 0,
            $"{Python} cannot import torch"
        );
        var script = Path.Combine(TestData.Root, "tests", "Methods", "WsInfer", "open_folders.py");
        string[] names = ["saganet of two parts", "saganet, standardized and turned", "curriculum"];
        var (code, text) = RunPython([script, .. names.Select(runs.Made)]);
        Assert.True(code == 0, text);
    }

    [Fact]
    public void What_cannot_be_written_is_refused_with_the_reason()
    {
        Refused("pass --mpp", runs.Run("saganet", "seed: 1", parts: 2), new WsInferOptions());
        Refused("parts 1 to 2", runs.Run("saganet", "seed: 1", parts: 2), new WsInferOptions { Mpp = 0.5, Part = 3 });
        Refused(
            "leave --finding out",
            runs.Run("saganet", "seed: 1", parts: 2),
            new WsInferOptions { Mpp = 0.5, Finding = "x" }
        );
        Refused("choose with --finding: nodule", runs.Chests, new WsInferOptions { Mpp = 140 });
        Refused(
            "input.form: raw",
            runs.Run("masked", "input: {form: masked, masks: column, height: 48, width: 48}"),
            new WsInferOptions { Mpp = 0.5 }
        );
        Refused(
            "square",
            runs.Run("oblong", "input: {form: raw, height: 32, width: 48}"),
            new WsInferOptions { Mpp = 0.5 }
        );
        Refused("cannot be written as one network", runs.Classical(), new WsInferOptions { Mpp = 0.5 });
    }

    [Fact]
    public void A_folder_of_other_files_is_left_alone_and_an_earlier_one_replaced()
    {
        var folder = runs.Made("saganet, second part");
        var run = runs.Run("saganet", "seed: 1", parts: 2);
        using var model = TrainedModel.Load(run, Known.Methods, Device.Cpu);
        var options = new WsInferOptions { Mpp = 0.5 };
        Assert.Contains(
            "holds other files",
            Assert.Throws<IOException>(() => WsInferFolder.Write(folder, model, options)).Message
        );
        var other = $"{folder}, again";
        WsInferFolder.Write(other, model, options);
        WsInferFolder.Write(other, model, options);
        Assert.Equal(
            ["config.json", "torchscript_model.pt"],
            Directory.GetFiles(other).Select(f => Path.GetFileName(f)).Order()
        );
    }

    private static void Refused(string reason, string run, WsInferOptions options)
    {
        using var model = TrainedModel.Load(run, Known.Methods, Device.Cpu);
        var folder = $"{run}, refused";
        var error = Assert.Throws<InvalidOperationException>(() => WsInferFolder.Write(folder, model, options));
        Assert.Contains(reason, error.Message);
        Assert.False(Directory.Exists(folder));
    }

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
}
