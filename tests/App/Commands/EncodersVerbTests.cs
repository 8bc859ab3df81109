using Coverslip.Learning.Encoders;

namespace Coverslip.App.Tests.Commands;

[Collection("console")]
public sealed class EncodersVerbTests
{
    [Fact]
    public void Every_encoder_is_listed_with_input_license_and_place()
    {
        var lines = VerbCall.Run(0, "encoders").Output.Split('\n');
        Assert.Equal(
            KnownEncoders.All.Select(k => k.Name),
            lines[1..].TakeWhile(l => !l.StartsWith("Weights", StringComparison.Ordinal)).Select(l => l.Split(' ')[0])
        );
        var uni = Assert.Single(lines, l => l.StartsWith("uni ", StringComparison.Ordinal));
        Assert.Matches(
            @"224 +0\.5 +1024 +0\.485 0\.456 0\.406 +0\.229 0\.224 0\.225 +CC-BY-NC-ND-4\.0 .*huggingface\.co/MahmoodLab/UNI",
            uni
        );
    }

    [Fact]
    public void A_file_that_is_not_the_packages_is_not_converted()
    {
        var folder = Directory.CreateTempSubdirectory("coverslip-").FullName;
        var file = Path.Combine(folder, "ResNet18.onnx");
        File.WriteAllText(file, "another");
        var errors = VerbCall.Run(1, "encoders", "convert", file, "--out", folder).Errors;
        Assert.Contains($"{file} has the SHA-256 ae448ac86c4e…, ResNet18.onnx of {BoxedResNet.Package} has ", errors);
        Assert.Equal([file], Directory.GetFiles(folder));
        Directory.Delete(folder, recursive: true);
    }
}
