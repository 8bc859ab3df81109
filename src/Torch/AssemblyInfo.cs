using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Coverslip.Torch.Tests")]
[assembly: DisableRuntimeMarshalling]
