"""A button that prints codes and is pressed twice prints one batch: which key was used is known as a keyed hash."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [("projects", "0010_yearly_sheets")]

    operations = [
        migrations.CreateModel(
            name='OneTimePrint',
            fields=[
                ('key_hash', models.CharField(editable=False, max_length=64, primary_key=True, serialize=False)),
                ('box', models.CharField(max_length=40)),
                ('number', models.PositiveSmallIntegerField()),
            ],
            options={
                'verbose_name': '印过的一批码',
                'verbose_name_plural': '印过的一批码',
            },
        ),
    ]
