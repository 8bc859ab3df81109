using Coverslip.Viewer.Tests;
using Coverslip.Viewer.Tests.Pages;

[assembly: AssemblyFixture(typeof(ViewedPhantoms))]
[assembly: AssemblyFixture(typeof(Browser))]
